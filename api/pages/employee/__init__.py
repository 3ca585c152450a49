"""What an employee opens every morning; whoever reaches them may read the same pages about them."""
