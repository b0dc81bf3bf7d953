"""The calls to skfolio: weights from daily returns and limits, each an optimum or the reason why there is none.

All take days x assets of finite returns of assets that moved, and the least and most weight per asset; they give one
weight per asset, summing to 1 within the limits. Returns are measured in their median volatility before they are solved
for: no weight depends on the unit, and in this one skfolio's tolerances (1e-9) leave weights within 1e-4 of the
optimum. All raise OptimizerMissing without skfolio.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.optimize.covariance import Estimator, estimating, unit
from agent.analytics.optimize.library import fitted, skfolio
from agent.analytics.optimize.problem import Unknown

# skfolio's own tolerances; unscaled by the solver, as about 1 in 100 risk parities comes out only then.
_SECOND_ATTEMPT = {"tol_gap_abs": 1e-9, "tol_gap_rel": 1e-9, "equilibrate_enable": False}


@dataclass(frozen=True, slots=True)
class Solver:
    """What all weightings of one window share."""

    returns: Floats
    lower: Floats
    upper: Floats
    estimator: Estimator

    def minimum_variance(self) -> Floats | Unknown:
        """Weights of the least variance. Source: Markowitz (1952)."""
        return self._weights(skfolio().optimization.MeanRisk(**self._shared()))

    def least_variance_at(self, targets: Floats) -> Floats | Unknown:
        """Weights of the least variance whose mean daily return reaches each target: targets x assets."""
        model = skfolio().optimization.MeanRisk(min_return=targets / unit(self.returns), **self._shared())
        return self._weights(model)

    def maximum_sharpe(self) -> Floats | Unknown:
        """Weights of the highest mean over volatility; unknown if no mix gained on average. Source: Sharpe (1966)."""
        if self.highest_return() <= 0:
            return Unknown("no mix within the limits gained on average, so none has a highest Sharpe ratio")
        optimization = skfolio().optimization
        objective = optimization.ObjectiveFunction.MAXIMIZE_RATIO
        return self._weights(optimization.MeanRisk(objective_function=objective, **self._shared()))

    def risk_parity(self) -> Floats | Unknown:
        """Weights at which every asset contributes the same to the variance.

        Where a limit binds, contributions are as equal as it allows. Source: Maillard, Roncalli and Teiletche (2010).
        """
        return self._weights(skfolio().optimization.RiskBudgeting(**self._shared()))

    def hierarchical_risk_parity(self) -> Floats | Unknown:
        """Weights by halving a row of look-alikes again and again, each half by its inverse variance.

        The row is the leaves of a single-linkage tree of sqrt((1 - correlation) / 2) in optimal order. Source: Lopez de
        Prado (2016); Bar-Joseph, Gifford and Jaakkola (2001) for the order.
        """
        library = skfolio()
        # only the order of the leaves is used, so how many clusters they make need not be searched for
        tree = library.cluster.HierarchicalClustering(
            linkage_method=library.cluster.LinkageMethod.SINGLE, max_clusters=1
        )
        order = library.seriation.HierarchicalSeriation(hierarchical_clustering_estimator=tree)
        model = library.optimization.hierarchical.HierarchicalRiskParity
        return self._weights(model(seriation_estimator=order, **self._shared()))

    def highest_return(self) -> float:
        """Highest mean daily return within the limits: the best assets get their most until all is given."""
        mean = self.returns.mean(axis=0)
        best = np.argsort(-mean)
        room = (self.upper - self.lower)[best]
        given = np.clip(1 - self.lower.sum() - (np.cumsum(room) - room), 0, room)
        return float(mean @ self.lower + mean[best] @ given)

    def _shared(self) -> dict[str, Any]:
        prior = skfolio().prior.EmpiricalPrior(covariance_estimator=estimating(self.estimator))
        return {"prior_estimator": prior, "min_weights": self.lower, "max_weights": self.upper}

    def _weights(self, model: Any) -> Floats | Unknown:  # noqa: ANN401 - skfolio publishes no types
        days, assets = self.returns.shape
        convex = "solver_params" in model.get_params()
        if convex and not self.estimator.is_regular and days <= assets:
            return Unknown(f"needs more days than assets, has {days} days of {assets} assets")
        if assets == 1:
            return np.ones(1)
        weights = self._solved(model)
        if isinstance(weights, Unknown) and convex:
            weights = self._solved(model.set_params(solver_params=_SECOND_ATTEMPT))
        if isinstance(weights, Unknown):
            return weights
        # the solver may leave 1e-10 beyond a limit
        weights = np.clip(weights, self.lower, self.upper)
        return np.asarray(weights / weights.sum(axis=-1, keepdims=True))

    def _solved(self, model: Any) -> Floats | Unknown:  # noqa: ANN401 - skfolio publishes no types
        try:
            accurate = fitted(model, self.returns / unit(self.returns))
        except skfolio().exceptions.OptimizationError as error:
            return Unknown(f"the solver found no weights: {error}")
        return np.asarray(model.weights_, dtype=np.float64) if accurate else Unknown("the solver lost its accuracy")
