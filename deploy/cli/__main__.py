"""`python -m deploy.cli` is `redress`."""

from deploy.cli import main

if __name__ == "__main__":
    main()
