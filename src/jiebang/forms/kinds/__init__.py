"""The kinds of answer (题型): what was typed → what is stored → what people read."""
