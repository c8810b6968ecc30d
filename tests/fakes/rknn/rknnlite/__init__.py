"""Stands in for Rockchip's rknn-toolkit-lite2 in tests."""
