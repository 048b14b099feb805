"""Why a test failed, read from what its framework says: only some failures are a locator's."""
