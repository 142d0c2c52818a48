"""Painted views and the forms they are made of: they draw what they are told and keep no state."""
