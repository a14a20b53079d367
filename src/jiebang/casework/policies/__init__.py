"""Which rules are in force (规则书), what they decide (决定), and on which facts (事实)."""
