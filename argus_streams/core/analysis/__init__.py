"""What a model is asked, whether it is, what that may cost, what is made of its answer, and the answer without one."""
