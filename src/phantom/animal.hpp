// SPDX-License-Identifier: Apache-2.0
/// \file
/// One animal: the random numbers that set it apart from others, and its shape.
#pragma once

#include <array>
#include <cstdint>

#include "geometry.hpp"
#include "texture.hpp"
#include "tissue.hpp"

namespace msunet::phantom {

/// Where a point lies relative to the brain's surface.
struct BrainPlace {
    Section section;
    double centre = 0;    ///< y of the section's widest place
    double distance = 0;  ///< mm to the surface within the section; negative inside
};

/// A rodent's head. Immutable.
class Animal {
public:
    /// Draws the animal from `seed`.
    explicit Animal(std::uint64_t seed);

    /// The tissue at a point of the animal's frame.
    [[nodiscard]] Sample at(const Point& p) const;

    /// Centres of the air-filled ear cavities, left and right, where fields are inhomogeneous.
    [[nodiscard]] const std::array<Point, 2>& ears() const { return ears_; }

private:
    BrainPlace place_in_brain(const Point& p) const;
    Sample brain_at(const Point& p, const BrainPlace& place) const;
    Sample outside_skull(const Point& p, double depth) const;
    Sample eye_at(const Point& p, bool& found) const;
    Sample soft_tissue_at(const Point& p, double depth) const;
    double depth_in_head(const Point& p) const;
    bool in_ear(const Point& p) const;

    Texture coarse_;
    Texture fine_;
    std::array<Section, 15> brain_;
    std::array<Section, 11> head_;
    std::array<Point, 2> ears_;
    std::array<Point, 2> eyes_;
    double eye_radius_ = 0;
    double fat_ = 0;         ///< mm under the skin
    double skin_ = 0;        ///< mm
    double skull_ = 0;       ///< mm
    double fluid_ = 0;       ///< mm between brain and skull
    double cortex_ = 0;      ///< mm
    double ventricles_ = 0;  ///< factor on their size
    double tongue_ = 0;      ///< mm, half-width
    double lumps_ = 0;       ///< mm of the irregularity of the brain's surface
    double outline_ = 0;     ///< mm of the irregularity of the head's surface
};

}  // namespace msunet::phantom
