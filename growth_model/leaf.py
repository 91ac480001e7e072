"""Photosynthesis of a leaf: Farquhar's biochemistry with Medlyn's stomata, in closed form and without iteration."""

from typing import Annotated, NamedTuple

import numpy as np

from agro.numeric import equation, exp, log, maximum, minimum, where

GAS_CONSTANT = 8.314
"""[J mol-1 K-1]"""


class Kinetics(NamedTuple):
    """What leaves share: the enzyme's constants at 25 degC, how they answer to warmth, and the shapes of the curves."""

    compensation: Annotated[float, "umol mol-1"]  # CO2 at which uptake equals photorespiration
    compensation_energy: Annotated[float, "J mol-1"]
    carbon: Annotated[float, "umol mol-1"]  # Kc
    carbon_energy: Annotated[float, "J mol-1"]
    oxygen: Annotated[float, "mmol mol-1"]  # Ko
    oxygen_energy: Annotated[float, "J mol-1"]
    oxygen_air: Annotated[float, "mmol mol-1"]
    carboxylation_energy: Annotated[float, "J mol-1"]
    carboxylation_entropy: Annotated[float, "J mol-1 K-1"]  # 0: no optimum, Arrhenius alone
    transport_energy: Annotated[float, "J mol-1"]
    transport_entropy: Annotated[float, "J mol-1 K-1"]
    deactivation: Annotated[float, "J mol-1"]  # of both
    quantum_yield: Annotated[float, "mol mol-1"]  # electrons per photon that falls on the leaf
    light_curvature: Annotated[float, "1"]
    co_limitation: Annotated[float, "1"]
    vpd_floor: Annotated[float, "kPa"]  # stomata do not tell damper air apart


class LeafTraits(NamedTuple):
    """What one kind of leaf has of its own, at 25 degC and full light."""

    carboxylation: Annotated[float, "umol m-2 s-1"]  # V25
    transport: Annotated[float, "umol m-2 s-1"]  # J25, the most
    respiration: Annotated[float, "umol m-2 s-1"]
    respiration_q10: Annotated[float, "1"]
    stomatal_slope: Annotated[float, "kPa0.5"]  # g1


class LeafGas(NamedTuple):
    """What one square metre of leaf exchanges with the air."""

    assimilation: float  # umol m-2 s-1, net
    internal: float  # umol mol-1, CO2 inside the leaf
    conductance: float  # mol m-2 s-1, stomata, for water
    transpiration: float  # mmol m-2 s-1


@equation
def warmth(temperature):
    """Return (T - 25) / (298.15 R T) [mol J-1], the term that all activation energies share; `temperature` [degC]."""
    return (temperature - 25.0) / (298.15 * GAS_CONSTANT * (temperature + 273.15))


@equation
def arrhenius(term, energy):
    """Return a rate over its value at 25 degC [1]; `term` of `warmth`, activation `energy` [J mol-1].

    >>> round(float(42.75 * arrhenius(warmth(35.0), 37830.0)), 2)
    70.15
    """
    return exp(energy * term)


@equation
def shoulder(entropy, deactivation):
    """Return the enzyme that is out of action over what works at 25 degC [1], for `peaked`."""
    return exp(entropy / GAS_CONSTANT - deactivation / (298.15 * GAS_CONSTANT))


@equation
def peaked(term, energy, deactivation, idle):
    """Return a rate over its value at 25 degC, which falls again in great heat.

    Parameters
    ----------
    term : array_like
        Of `warmth`. [mol J-1]
    energy, deactivation : float
        Of activation and deactivation. [J mol-1]
    idle : float
        Of `shoulder`; near 0 leaves Arrhenius alone. [1]

    Returns
    -------
    array_like
        [1]

    References
    ----------
    .. [1] Medlyn et al. (2002). Plant, Cell and Environment 25:1167-1179, eq. 17.
    """
    return exp(energy * term) * (1.0 + idle) / (1.0 + idle * exp(deactivation * term))


@equation
def compensation_point(term, kinetics):
    """Return the CO2 at which uptake equals photorespiration [umol mol-1]; Bernacchi et al. 2001.

    A mole fraction: air pressure cancels, as oxygen thins with it.
    """
    return kinetics.compensation * exp(kinetics.compensation_energy * term)


@equation
def michaelis_constant(term, thinness, kinetics):
    """Return the CO2 at which carboxylation is half saturated, in the presence of oxygen.

    Parameters
    ----------
    term : array_like
        Of `warmth`. [mol J-1]
    thinness : array_like
        100 kPa over the air pressure. [1]
    kinetics : Kinetics

    Returns
    -------
    array_like
        [umol mol-1]

    Notes
    -----
    The enzyme feels partial pressures. As mole fractions, the constants for CO2 and oxygen grow in thin air by the
    same factor, and oxygen's mole fraction stays: :math:`K_m = p K_c + K_c O / K_o`. (Scaled by P / 100 kPa, Km and
    the compensation point would be partial pressures, to be compared with a partial pressure of CO2.)

    References
    ----------
    .. [1] Bernacchi et al. (2001). Plant, Cell and Environment 24:253-259.
    .. [2] de Pury, Farquhar (1997). Plant, Cell and Environment 20:537-557, table 1, in Pa.
    """
    carbon = kinetics.carbon * exp(kinetics.carbon_energy * term)
    oxygen = exp((kinetics.carbon_energy - kinetics.oxygen_energy) * term)
    return carbon * thinness + kinetics.carbon * kinetics.oxygen_air / kinetics.oxygen * oxygen


@equation
def leaf_respiration(temperature, at_25, q10_log):
    """Return the respiration of leaves [umol m-2 s-1] from that at 25 degC and ln(Q10) / 10 [K-1]."""
    return at_25 * exp(q10_log * (temperature - 25.0))


@equation
def smaller(a, b, curvature):
    """Return the smooth minimum of `a` and `b`: the smaller root of curvature x^2 - (a + b) x + a b = 0.

    The root is taken of (a - b)^2 + 4 (1 - curvature) a b, which single precision bears and the usual form does not.
    """
    apart = a - b
    return (a + b - np.sqrt(apart * apart + 4.0 * (1.0 - curvature) * a * b)) * (0.5 / curvature)


@equation
def electron_transport(light, most, kinetics):
    """Return the rate of electron transport.

    Parameters
    ----------
    light : array_like
        Photosynthetic light that falls on the leaves. [umol m-2 s-1]
    most : array_like
        The rate in full light. [umol m-2 s-1]
    kinetics : Kinetics

    Returns
    -------
    array_like
        Of the same area as `light` and `most`: twice the leaf area doubles all three. [umol m-2 s-1]

    References
    ----------
    .. [1] Farquhar, Wong (1984). Australian J. Plant Physiol. 11:191-209.
    """
    return smaller(kinetics.quantum_yield * light, most, kinetics.light_curvature)


@equation
def internal_share(vpd, slope, floor):
    """Return the CO2 inside the leaf over that outside [1]; Medlyn et al. 2011, without residual conductance.

    >>> round(400 * float(internal_share(1.5, 4.0, 0.5)), 3)
    306.235
    """
    return slope / (slope + np.sqrt(maximum(vpd, floor)))


@equation
def gross_uptake(internal, compensation, michaelis, carboxylation, transport, co_limitation):
    """Return the uptake before respiration, limited by the enzyme or by light.

    Parameters
    ----------
    internal, compensation, michaelis : array_like
        CO2 inside the leaf, its compensation point and the Michaelis constant. [umol mol-1]
    carboxylation, transport : array_like
        What the enzyme could fix, and the electrons that light moves. [umol m-2 s-1]
    co_limitation : float
        Curvature between the two. [1]

    Returns
    -------
    array_like
        [umol m-2 s-1]

    References
    ----------
    .. [1] Farquhar, von Caemmerer, Berry (1980). Planta 149:78-90.
    """
    surplus = internal - compensation
    by_enzyme = carboxylation * surplus / (internal + michaelis)
    by_light = 0.25 * transport * surplus / (internal + 2.0 * compensation)
    return smaller(by_enzyme, by_light, co_limitation)


@equation
def leaf_gas(light, temperature, vpd, co2, pressure, kinetics, leaf):
    """Return what a leaf at one light exchanges with the air.

    Parameters
    ----------
    light : array_like
        Photosynthetic light on the leaf. [umol m-2 s-1]
    temperature : array_like
        Of the leaf. [degC]
    vpd : array_like
        Vapour pressure deficit at the leaf. [kPa]
    co2 : array_like
        In the air. [umol mol-1]
    pressure : array_like
        Of the air. [kPa]
    kinetics : Kinetics
    leaf : LeafTraits

    Returns
    -------
    LeafGas

    Notes
    -----
    Stomata are shut where the leaf would lose carbon: there the CO2 inside is that outside, and the net gain is at
    most 0, so that the step from shut to open stomata does not make a gain fall as light rises.

    References
    ----------
    .. [1] Farquhar, von Caemmerer, Berry (1980). Planta 149:78-90.
    .. [2] Medlyn et al. (2011). Global Change Biology 17:2134-2144.
    """
    k, term = kinetics, warmth(temperature)
    carboxylation = leaf.carboxylation * peaked(
        term, k.carboxylation_energy, k.deactivation, shoulder(k.carboxylation_entropy, k.deactivation)
    )
    most = leaf.transport * peaked(
        term, k.transport_energy, k.deactivation, shoulder(k.transport_entropy, k.deactivation)
    )
    transport = electron_transport(light, most, k)
    compensation = compensation_point(term, k)
    michaelis = michaelis_constant(term, 100.0 / pressure, k)
    respiration = leaf_respiration(temperature, leaf.respiration, 0.1 * log(leaf.respiration_q10))
    dryness = maximum(vpd, k.vpd_floor)
    inside = co2 * internal_share(vpd, leaf.stomatal_slope, k.vpd_floor)
    opened = gross_uptake(inside, compensation, michaelis, carboxylation, transport, k.co_limitation) - respiration
    shut = gross_uptake(co2, compensation, michaelis, carboxylation, transport, k.co_limitation) - respiration
    assimilation = where(opened < 0.0, minimum(shut, 0.0), opened)
    conductance = 1.57 * (1.0 + leaf.stomatal_slope / np.sqrt(dryness)) * maximum(assimilation, 0.0) / co2
    transpiration = 1000.0 * conductance * dryness / pressure
    return LeafGas(assimilation, where(opened < 0.0, co2, inside), conductance, transpiration)
