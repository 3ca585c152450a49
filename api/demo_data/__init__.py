"""The example firm Huikang (惠康骨科): what its systems exported in 2025, the same every time."""
