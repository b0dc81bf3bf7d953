"""Binance: spot candles against USDT, which pairs stand for which asset, and how candles become bars."""
