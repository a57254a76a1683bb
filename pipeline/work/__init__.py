"""What a worker does for each kind of job: one verb per file. Foreign bytes are opened only in locked children."""
