"""Generations: complete sets of derived data beside each other, made of the same inputs."""
