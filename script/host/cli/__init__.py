"""The commands behind the scripts in the folder `script`."""
