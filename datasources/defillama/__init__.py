"""DefiLlama: value locked in chains and protocols, stablecoins, exchange volume and fees, and a second price."""
