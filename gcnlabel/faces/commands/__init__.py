"""Commands: each file is one."""
