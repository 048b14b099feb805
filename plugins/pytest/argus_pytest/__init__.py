"""A pytest plugin that goes on with a known repair where a test's locator no longer matches, and says so."""
