"""Repair of broken locators: read, compared, looked for on the page, remembered and written anew."""
