"""The example hospital of 澜江, a town that does not exist: what its systems exported in autumn 2025."""
