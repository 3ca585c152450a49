"""Tests of training modules: question banks, what is drawn from them, and how answers are marked."""
