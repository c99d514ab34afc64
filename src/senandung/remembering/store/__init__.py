"""Where it lies: kept things in a file of their own (`kept`), the home's library in a database (`database`)."""
