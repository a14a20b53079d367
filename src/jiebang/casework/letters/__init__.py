"""Letters (通知): what a change means for whom, in the language of the reader."""
