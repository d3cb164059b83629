"""The ways a message leaves the house: e-mail over SMTP, SMS through a provider."""
