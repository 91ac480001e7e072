"""What a tree amounts to: its leaves, the dry mass of its organs, the carbon in them, its yield."""

from agro.numeric import equation
from growth_model import nutrition
from growth_model.fruit import fruit_mass

KG_HA = 10.0  # g m-2


@equation
def leaf_mass(tree):
    """Return the dry mass of all leaves [g m-2]."""
    return tree.body.leaf + tree.spring.leaf + tree.summer.leaf + tree.autumn.leaf


@equation
def leaf_area(tree, crop):
    """Return the leaf area per area of ground [m2 m-2]."""
    return leaf_mass(tree) / crop.leaves.mass_per_area


@equation
def organ_mass(tree):
    """Return the dry mass of the organs as nutrition counts them [kg ha-1]."""
    body = tree.body
    return nutrition.Organs(
        KG_HA * leaf_mass(tree),
        KG_HA * body.twig,
        KG_HA * body.wood,
        KG_HA * (body.coarse_root + body.fine_root),
        KG_HA * (tree.growing.present * tree.growing.dry + tree.hanging.present * tree.hanging.dry),
    )


@equation
def leaf_contents(tree, crop):
    """Return what a leaf analysis would find of N, P and K [% of dry mass]."""
    mass = organ_mass(tree)
    return (
        leaf_content_of(tree.nitrogen.plant, mass, crop.nitrogen.content),
        leaf_content_of(tree.phosphorus.plant, mass, crop.phosphorus.content),
        leaf_content_of(tree.potassium.plant, mass, crop.potassium.content),
    )


@equation
def leaf_content_of(plant, mass, content):
    """Return the leaf content [% of dry mass] of one nutrient of which the tree holds `plant` [kg ha-1]."""
    status = nutrition.nutrient_status(plant, nutrition.content_of(mass, content))
    return nutrition.leaf_content(status, content.leaf)


@equation
def held_carbon(body, leaf, growing, hanging, content):
    """Return the carbohydrate [g CH2O m-2] that a tree's carbon would be."""
    dry = leaf + body.twig + body.wood + body.coarse_root + body.fine_root
    return body.reserve + content * (dry + growing.present * growing.dry + hanging.present * hanging.dry)


@equation
def yield_of(fruit, crop):
    """Return the sound fresh fruit of one crop [t ha-1]."""
    return 0.01 * fruit.present * fruit.number * fruit_mass(fruit.diameter, crop.fruit.shape) * (1.0 - fruit.spoiled)
