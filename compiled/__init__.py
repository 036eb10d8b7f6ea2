"""What stands below every room: the cache of compiled loops, and their threads."""
