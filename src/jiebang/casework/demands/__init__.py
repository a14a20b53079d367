"""The way of a demand (需求): stages and gates, consent, announcement, publication."""
