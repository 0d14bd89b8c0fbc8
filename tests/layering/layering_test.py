# SPDX-License-Identifier: Apache-2.0
"""layering.py finds each kind of violation, shown on small trees."""

import tempfile
import unittest
from pathlib import Path

import layering

TABLE = """# msunet_layer(comment is not a row)
msunet_layer(core)
msunet_layer(comm core)
msunet_layer(model core
             comm)
msunet_layer(report core)
msunet_layer(app core comm model
             report)
"""


class Layering(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write("src/CMakeLists.txt", TABLE)
        self.write("include/msunet/core/a.hpp", "#pragma once\n#include <string>\n")
        self.write("include/msunet/comm/b.hpp", '#include "msunet/core/a.hpp"\n')
        self.write("include/msunet/model/c.hpp", "#include <ATen/core/Tensor.h>\n")
        self.write("src/comm/b.cpp", '#include <mpi.h>\n#include "b_private.hpp"\n')
        self.write("src/comm/b_private.hpp", '#include "msunet/comm/b.hpp"\n')

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def found(self):
        return list(layering.breaches(self.root))

    def assert_found(self, *words):
        found = self.found()
        self.assertEqual(len(found), 1, found)
        for word in words:
            self.assertIn(word, found[0])

    def test_good_tree_has_no_breach(self):
        self.assertEqual(self.found(), [])

    def test_row_names_a_module_that_is_not_included(self):
        self.write("src/CMakeLists.txt", TABLE.replace("msunet_layer(report", "msunet_layer(io core)\n"
                                                       "msunet_layer(report io"))
        self.write("src/report/r.cpp", '#include "msunet/core/a.hpp"\n')
        lines = [line for line in layering.unused(self.root) if "row 'report'" in line]
        self.assertEqual(len(lines), 1, lines)
        self.assertIn("names io, which it does not include", lines[0])

    def test_upward_include(self):
        self.write("src/core/a.cpp", '\n#include "msunet/comm/b.hpp"\n')
        self.assert_found("a.cpp:2:", "core may not include comm")

    def test_upward_include_in_angle_brackets(self):
        self.write("src/core/a.cpp", "#  include <msunet/comm/b.hpp>\n")
        self.assert_found("core may not include comm")

    def test_sideways_include(self):
        self.write("src/report/r.cpp", '#include "msunet/comm/b.hpp"\n')
        self.assert_found("report may not include comm")

    def test_table_is_not_transitive(self):
        self.write("src/CMakeLists.txt", TABLE.replace("model core\n             comm", "model comm"))
        self.write("src/model/m.cpp", '#include "msunet/core/a.hpp"\n')
        self.assert_found("model may not include core")

    def test_row_over_two_lines_is_read_whole(self):
        self.write("src/app/x.cpp", '#include "msunet/core/a.hpp"\n#include "msunet/model/c.hpp"\n')
        self.write("src/model/m.cpp", '#include "msunet/comm/b.hpp"\n')
        self.assertEqual(self.found(), [])

    def test_unknown_module(self):
        self.write("src/app/x.cpp", '#include "msunet/nowhere/a.hpp"\n')
        self.assert_found("no module of the table")

    def test_folder_outside_the_table(self):
        self.write("src/strange/x.cpp", "")
        self.assert_found("not in the module table")

    def test_missing_header(self):
        self.write("src/app/x.cpp", '#include "msunet/core/missing.hpp"\n')
        self.assert_found("does not exist")

    def test_heavy_library_in_public_header(self):
        for header in ("mpi.h", "hdf5.h", "itkImage.h", "torch/torch.h", "nlohmann/json.hpp"):
            with self.subTest(header):
                self.write("include/msunet/core/heavy.hpp", f"#include <{header}>\n")
                self.assert_found("a public header shows")

    def test_cuda_in_models_public_header(self):
        self.write("include/msunet/model/heavy.hpp", "#include <c10/cuda/CUDAStream.h>\n")
        self.assert_found("a public header shows CUDA")

    def test_library_outside_its_owner(self):
        self.write("src/report/r.cpp", "#include <torch/torch.h>\n")
        self.assert_found("libtorch", "not to report")

    def test_torch_types_reach_only_their_readers(self):
        self.write("src/CMakeLists.txt", TABLE.replace("report core", "report core model"))
        self.write("src/report/r.cpp", '#include "msunet/model/c.hpp"\n')
        self.assert_found("libtorch's types, which report must not see")

    def test_private_header_of_another_module(self):
        for header in ("../comm/b_private.hpp", "comm/b_private.hpp"):
            with self.subTest(header):
                self.write("src/app/x.cpp", f'#include "{header}"\n')
                self.assert_found("private header of another module")

    def test_options_alone(self):
        self.write("src/CMakeLists.txt", TABLE + "msunet_layer(last core OPTIONS model)\n")
        self.write("include/msunet/model/options.hpp", '#include "msunet/core/a.hpp"\n')
        self.write("src/last/x.cpp", '#include "msunet/model/options.hpp"\n')
        self.assertEqual(self.found(), [])
        self.write("src/last/x.cpp", '#include "msunet/model/c.hpp"\n')
        self.assert_found("last may not include model")

    def test_options_show_nothing_else(self):
        self.write("src/CMakeLists.txt", TABLE + "msunet_layer(last core OPTIONS model)\n")
        self.write("include/msunet/model/options.hpp", '#include "msunet/model/c.hpp"\n')
        self.assert_found("options.hpp of model may include core")

    def test_options_of_an_unknown_module(self):
        self.write("src/CMakeLists.txt", TABLE + "msunet_layer(last core OPTIONS nowhere)\n")
        with self.assertRaisesRegex(ValueError, "nowhere"):
            self.found()

    def test_cycle_in_the_table(self):
        self.write("src/CMakeLists.txt", TABLE.replace("layer(core)", "layer(core comm)"))
        with self.assertRaisesRegex(ValueError, "cycle"):
            self.found()


if __name__ == "__main__":
    unittest.main()
