"""The engine room: chunks in, turns, confirmed output, state that survives; it knows no business."""
