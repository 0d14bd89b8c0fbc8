// SPDX-License-Identifier: Apache-2.0
#include "report/drawing.hpp"

#include <cairo-svg.h>

#include <memory>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::report {
namespace {

template <auto destroy>
struct Destroyer {
    template <class T>
    void operator()(T* object) const {
        destroy(object);
    }
};
using Surface = std::unique_ptr<cairo_surface_t, Destroyer<cairo_surface_destroy>>;
using Context = std::unique_ptr<cairo_t, Destroyer<cairo_destroy>>;
using FontOptions = std::unique_ptr<cairo_font_options_t, Destroyer<cairo_font_options_destroy>>;

void check(cairo_status_t status) {
    if (status == CAIRO_STATUS_SUCCESS) return;
    throw core::Error(
        core::ExitCode::failure,
        core::concat("a picture can't be drawn (cairo: ", cairo_status_to_string(status), ")"));
}

cairo_status_t append(void* text, const unsigned char* bytes, unsigned length) {
    static_cast<std::string*>(text)->append(reinterpret_cast<const char*>(bytes), length);
    return CAIRO_STATUS_SUCCESS;
}

void draw_on(cairo_surface_t* surface, const Draw& draw) {
    const Context context(cairo_create(surface));
    // The same picture whatever the desktop's settings of fonts are.
    const FontOptions options(cairo_font_options_create());
    cairo_font_options_set_antialias(options.get(), CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(context.get(), options.get());
    cairo_set_source_rgb(context.get(), 1, 1, 1);
    cairo_paint(context.get());
    draw(context.get());
    check(cairo_status(context.get()));
}

}  // namespace

std::string svg_bytes(std::size_t width, std::size_t height, const Draw& draw) {
    std::string bytes;
    const Surface surface(cairo_svg_surface_create_for_stream(
        append, &bytes, static_cast<double>(width), static_cast<double>(height)));
    cairo_svg_surface_set_document_unit(surface.get(), CAIRO_SVG_UNIT_PX);
    draw_on(surface.get(), draw);
    cairo_surface_finish(surface.get());
    check(cairo_surface_status(surface.get()));
    return bytes;
}

std::string png_bytes(std::size_t width, std::size_t height, const Draw& draw) {
    const Surface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(width),
                                                     static_cast<int>(height)));
    draw_on(surface.get(), draw);
    std::string bytes;
    check(cairo_surface_write_to_png_stream(surface.get(), append, &bytes));
    return bytes;
}

}  // namespace msunet::report
