"""A local Kafka and Postgres for the demo and the tests: for trying out, never for production."""
