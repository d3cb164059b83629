"""What the services say to one another: CloudEvents whose data are the models in this folder."""
