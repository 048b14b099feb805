"""What is known of repairs, and what it proposes for a broken locator."""
