"""Tuning: spaces that are proven, samplers, engines, and studies that survive."""
