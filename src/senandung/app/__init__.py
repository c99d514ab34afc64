"""The command line (and later the web): parse, call the api, show."""
