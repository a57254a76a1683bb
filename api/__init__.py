"""What people do: the web application and the command line."""
