"""How a project is, as two numbers between 0 and 100 and what each of their factors does to them."""
