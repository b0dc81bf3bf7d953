"""From stored facts to true sentences, and back again to check them."""
