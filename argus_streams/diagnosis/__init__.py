"""What ails a deployment: looks at each part of it within seconds, and tells what is wrong and what mends it."""
