"""Never silently deaf: proof of life, the watchdog, staged recovery, pressure (docs/health.md)."""
