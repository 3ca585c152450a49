"""Wide computation: the parts of a close or a what-if, shared out to processes and machines by Dask."""
