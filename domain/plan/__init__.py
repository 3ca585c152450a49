"""Incentive plans: the document, the values that hold for one person, and the pay that follows."""
