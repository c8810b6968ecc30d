"""Updates: signed bundles of the whole system, signed knowledge packs, and the factory reset."""
