"""Light and photosynthesis of an orchard: rows of crowns, and sunlit and shaded leaves within them.

An hour of one place is `canopy_assimilation`; what holds for a day stands in a `CanopyDay`, made once by `canopy_day`.
"""

from typing import Annotated, NamedTuple

import numpy as np

from agro.numeric import equation, exp, log, maximum, minimum
from growth_model.leaf import (
    compensation_point,
    electron_transport,
    gross_uptake,
    internal_share,
    leaf_respiration,
    michaelis_constant,
    peaked,
    shoulder,
    warmth,
)

LOWEST_SINE = 0.01
"""Of the sun's elevation: below half a degree a beam's path is held, so that hours near the horizon stay finite."""


class Crown(NamedTuple):
    """How leaves stand in a crown and what they do with light."""

    projection: Annotated[float, "1"]  # G: shadow of a leaf over its area, mean over leaf angles
    clumping: Annotated[float, "1"]
    diffuse_extinction: Annotated[float, "1"]  # of unclumped leaves, scattered light included
    scattering: Annotated[float, "1"]
    diffuse_reflection: Annotated[float, "1"]
    nitrogen_profile: Annotated[float, "1"]  # ln(capacity of the top leaf over the lowest), above 0


class CanopyDay(NamedTuple):
    """What an orchard's leaves are on one day."""

    lai: float  # m2 of leaf per m2 of ground
    cover: float  # share of diffuse light that opaque crowns would catch
    depth: float  # optical depth of the crown for diffuse light
    passed: float  # exp(-depth)
    nitrogen_passed: float  # exp(-nitrogen_profile)
    share: float  # capacity of all leaves over that of as many top leaves
    reflection: float  # of horizontal leaves
    carboxylation: float  # umol m-2 s-1, top leaf's V25 * lai
    transport: float  # umol m-2 s-1, top leaf's J25 * lai
    respiration: float  # umol m-2 s-1, of all leaves at 25 degC
    q10_log: float  # K-1, ln(Q10) / 10
    stomatal_slope: float  # kPa0.5
    carboxylation_idle: float  # 1, of `leaf.shoulder`
    transport_idle: float  # 1
    thinness: float  # 1, 100 kPa over the air pressure


class CanopyLight(NamedTuple):
    """The light that sunlit and shaded leaves absorb, and how leaf is shared between them, per area of ground."""

    sunlit: float  # umol m-2 s-1
    shaded: float  # umol m-2 s-1
    sunlit_lai: float  # m2 m-2
    sunlit_share: float  # capacity of the sunlit leaves over that of `lai` top leaves


class CanopyHour(NamedTuple):
    """What an orchard's leaves do at one hour, per area of ground."""

    assimilation: float  # umol m-2 s-1, net of the leaves' respiration
    respiration: float  # umol m-2 s-1, of the leaves
    absorbed: float  # umol m-2 s-1, photosynthetic light
    sunlit_lai: float  # m2 m-2


@equation
def jackson_cover(lai, most, extinction):
    """Return the share of light that an orchard catches.

    Parameters
    ----------
    lai : array_like
        Leaf area per area of ground. [1]
    most : array_like
        Share that opaque crowns of the same shape would catch, `beam_cover` or `diffuse_cover`. [1]
    extinction : float
        [1]

    Returns
    -------
    array_like
        [1]

    References
    ----------
    .. [1] Jackson, Palmer (1979, 1980). Annals of Botany 44:381-383; Acta Horticulturae 114:69-79.

    Examples
    --------
    >>> round(float(jackson_cover(3.0, 0.7, 0.6)), 3)
    0.647
    """
    return most * (1.0 - exp(-extinction * lai / most))


@equation
def beam_cover(across, tangent, width, height, alley):
    """Return the share of the ground in the shadow of opaque hedgerows with an upright rectangular section.

    Parameters
    ----------
    across : array_like
        ``|sin|`` of the angle between sun and row, both as azimuths: 1 when the sun stands square to the row. [1]
    tangent : array_like
        Of the sun's elevation over the horizontal, as trees grow upright on slopes; held at 0.01 and above. [1]
    width, height, alley : array_like
        Of the crowns, and of the open ground between two rows of them. [m]

    Returns
    -------
    array_like
        [1]

    References
    ----------
    .. [1] Jackson, Palmer (1972). J. Applied Ecology 9:341-357.

    Examples
    --------
    >>> round(float(beam_cover(1.0, 1.0, 2.5, 1.0, 2.0)), 3)
    0.778
    """
    return minimum((width + height * across / maximum(tangent, 0.01)) / (width + alley), 1.0)


@equation
def diffuse_cover(width, height, alley):
    """Return `beam_cover` averaged over an evenly bright sky, with the weights sin * cos of the elevation.

    The floor of an alley of infinite length sees the opening above it with the view factor of two parallel strips
    (Hottel's crossed strings), which is the average in closed form; the direction of the row does not matter.

    >>> round(float(diffuse_cover(2.5, 2.5, 2.0)), 3)
    0.844
    """
    return 1.0 - (np.sqrt(alley * alley + height * height) - height) / (width + alley)


@equation
def canopy_day(lai, cover, vigour, water, pressure, kinetics, leaf, crown):
    """Return what an orchard's leaves are on one day.

    Parameters
    ----------
    lai : array_like
        Leaf area per area of ground, above 0. [1]
    cover : array_like
        Of `diffuse_cover`. [1]
    vigour : array_like
        Product of what age, nitrogen, cold nights and a full store make of the leaves' capacity; 1 is the best. [1]
    water : array_like
        Water stress, 1 without: narrows stomata by its square root and scales the capacity. [1]
    pressure : array_like
        Of the air. [kPa]
    kinetics : Kinetics
    leaf : LeafTraits
        Of leaves at the top of the crown.
    crown : Crown

    Returns
    -------
    CanopyDay
    """
    scattered = np.sqrt(1.0 - crown.scattering)
    depth = crown.diffuse_extinction * crown.clumping * lai / cover
    nitrogen_passed = exp(-crown.nitrogen_profile)
    share = (1.0 - nitrogen_passed) / crown.nitrogen_profile
    capacity = lai * vigour * water
    return CanopyDay(
        lai,
        cover,
        depth,
        exp(-depth),
        nitrogen_passed,
        share,
        (1.0 - scattered) / (1.0 + scattered),
        leaf.carboxylation * capacity,
        leaf.transport * capacity,
        leaf.respiration * lai * share,
        0.1 * log(leaf.respiration_q10),
        leaf.stomatal_slope * np.sqrt(water),
        shoulder(kinetics.carboxylation_entropy, kinetics.deactivation),
        shoulder(kinetics.transport_entropy, kinetics.deactivation),
        100.0 / pressure,
    )


@equation
def canopy_light(beam, diffuse, sine, shade, day, crown):
    """Return the light that sunlit and shaded leaves absorb.

    Parameters
    ----------
    beam, diffuse : array_like
        Photosynthetic light per horizontal area. [umol m-2 s-1]
    sine : array_like
        Of the sun's elevation. [1]
    shade : array_like
        Of `beam_cover`. [1]
    day : CanopyDay
    crown : Crown

    Returns
    -------
    CanopyLight

    Notes
    -----
    Leaves are numbered by the share x of the leaf area above them. The beam meets them at an optical depth of
    :math:`b x`, with :math:`b = k_b L / F` and F of this hour, diffuse light at :math:`d x` with F averaged over the
    sky. So each light crosses the whole leaf area of the orchard over the ground that its own shadow covers, sunlit
    and shaded leaves add up to the leaf area, and the hour costs two exponentials: the rest are products of them.
    The reflection of the beam is :math:`2 \\rho_h k_b / (1 + k_b)`. Leaves count as sunlit also when the beam is 0.

    References
    ----------
    .. [1] de Pury, Farquhar (1997). Plant, Cell and Environment 20:537-557, eq. 18 to 26.
    .. [2] Goudriaan, van Laar (1994). Modelling Potential Crop Growth Processes. Kluwer, chapter 6.
    """
    height = maximum(sine, LOWEST_SINE)
    blocked = crown.clumping * crown.projection
    direct = blocked * day.lai / (height * shade)
    ratio = (1.0 - day.reflection) / (1.0 + day.reflection)  # of the depth for scattered and direct beam
    reached = exp(-direct)
    reached_scattered = exp(-ratio * direct)
    entered = 1.0 - 2.0 * day.reflection * blocked / (height + blocked)
    lit = 1.0 - reached
    beam_caught = shade * beam
    diffuse_caught = day.cover * diffuse * (1.0 - crown.diffuse_reflection)
    sunlit = beam_caught * (
        0.5 * (1.0 - crown.scattering) * lit * lit
        + 0.5 * (1.0 - day.reflection) * entered * (1.0 - reached * reached_scattered)
    ) + diffuse_caught * day.depth * (1.0 - day.passed * reached) / (day.depth + direct)
    absorbed = beam_caught * entered * (1.0 - reached_scattered) + diffuse_caught * (1.0 - day.passed)
    sunlit = minimum(sunlit, absorbed)
    share = (1.0 - day.nitrogen_passed * reached) / (crown.nitrogen_profile + direct)
    return CanopyLight(sunlit, absorbed - sunlit, lit * height * shade / blocked, minimum(share, day.share))


@equation
def canopy_assimilation(temperature, vpd, co2, beam, diffuse, sine, shade, day, kinetics, crown):
    """Return what the leaves of an orchard take up in one hour.

    Parameters
    ----------
    temperature : array_like
        Of the air, taken for that of the leaves. [degC]
    vpd : array_like
        Vapour pressure deficit. [kPa]
    co2 : array_like
        [umol mol-1]
    beam, diffuse : array_like
        Photosynthetic light per horizontal area. [umol m-2 s-1]
    sine : array_like
        Of the sun's elevation. [1]
    shade : array_like
        Of `beam_cover`, above 0. [1]
    day : CanopyDay
    kinetics : Kinetics
    crown : Crown

    Returns
    -------
    CanopyHour

    Notes
    -----
    Rates of all sunlit and of all shaded leaves are summed before they are limited: limits of sums are sums of
    limits where all parts are limited alike, and no rate is divided by a leaf area that may vanish. The quantum
    yield holds for light that falls on a leaf; absorbed light is brought back to it by 1 - scattering. The CO2
    inside leaves does not rise in the dim hours in which stomata shut: nothing but respiration counts then.

    References
    ----------
    .. [1] de Pury, Farquhar (1997). Plant, Cell and Environment 20:537-557.
    """
    k, term = kinetics, warmth(temperature)
    light = canopy_light(beam, diffuse, sine, shade, day, crown)
    most = day.transport * peaked(term, k.transport_energy, k.deactivation, day.transport_idle)
    enzyme = day.carboxylation * peaked(term, k.carboxylation_energy, k.deactivation, day.carboxylation_idle)
    compensation = compensation_point(term, k)
    inside = co2 * internal_share(vpd, day.stomatal_slope, k.vpd_floor)
    michaelis = michaelis_constant(term, day.thinness, k)
    respiration = leaf_respiration(temperature, day.respiration, day.q10_log)
    fallen = 1.0 / (1.0 - crown.scattering)
    in_sun, in_shade = light.sunlit_share, day.share - light.sunlit_share
    sun = gross_uptake(
        inside, compensation, michaelis, enzyme * in_sun,
        electron_transport(light.sunlit * fallen, most * in_sun, k), k.co_limitation,
    )  # fmt: skip
    shaded = gross_uptake(
        inside, compensation, michaelis, enzyme * in_shade,
        electron_transport(light.shaded * fallen, most * in_shade, k), k.co_limitation,
    )  # fmt: skip
    return CanopyHour(sun + shaded - respiration, respiration, light.sunlit + light.shaded, light.sunlit_lai)
