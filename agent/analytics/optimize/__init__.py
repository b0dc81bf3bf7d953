"""Better portfolios: weightings, the efficient frontier, and what covariance and correlation forecasts are worth.

skfolio solves; it is an extra of its own and loaded only when something is asked of it. What has no answer is an
`Unknown` with its reason.
"""
