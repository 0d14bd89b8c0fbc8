// SPDX-License-Identifier: Apache-2.0
#include "prepare/split_check.hpp"

#include <gmock/gmock.h>

#include "support/warnings.hpp"
#include "workspace.hpp"

namespace msunet::prepare {
namespace {

using core::Modality;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Pair training(const char* name, Modality modality) {
    return {.data = name, .mask = name, .modality = modality, .validation = false};
}
Pair validation(const char* name, Modality modality) {
    Pair pair = training(name, modality);
    pair.validation = true;
    return pair;
}

TEST(SplitCheck, ModalitiesOfOnePartOnlyAreNamed) {
    const std::vector<Pair> pairs{training("a", Modality::fmri), training("b", Modality::dti),
                                  training("c", Modality::dti), validation("d", Modality::noddi),
                                  validation("e", Modality::fmri)};
    EXPECT_THAT(lopsided_modalities(pairs),
                ElementsAre(AllOf(HasSubstr("lack: noddi (1 scan);"), Not(HasSubstr("fmri"))),
                            HasSubstr("without validation data: dti (2 scans);")));
    EXPECT_THAT(lopsided_modalities(std::span(pairs).first(3)), IsEmpty());
    EXPECT_THAT(lopsided_modalities(std::vector{pairs[0], pairs[4]}), IsEmpty());
}

TEST(SplitCheck, EqualScansInBothPartsAreNamed) {
    const std::vector<Pair> pairs{training("a", Modality::fmri), training("b", Modality::fmri),
                                  validation("c", Modality::fmri), validation("d", Modality::fmri)};
    EXPECT_THAT(leaked_scans(pairs, std::vector<std::string>{"1", "2", "2", "3"}),
                ElementsAre(AllOf(HasSubstr("1 validation scan is"), HasSubstr("'c' is 'b'"))));
    EXPECT_THAT(leaked_scans(pairs, std::vector<std::string>{"1", "1", "2", "2"}), IsEmpty());
    EXPECT_THAT(leaked_scans(pairs, std::vector<std::string>{"", "1", "", "2"}), IsEmpty());
}

TEST(SplitCheck, ALeakIsAWarningOfEveryStart) {
    const test::Workspace workspace;
    const test::Scan scan = test::make_scan({32, 32, 7}, 1);
    workspace.add("a_fmri", scan);
    workspace.add("b_dti", 2);
    workspace.add("c_noddi", 3);
    workspace.add("d_fmri", scan);
    Request request = workspace.request();
    request.cache_folder = workspace.cache();
    for (const bool cached : {false, true}) {
        const auto warnings = msunet::test::warnings_of(
            [&] { EXPECT_EQ(test::prepare_alone(request).from_cache, cached); });
        EXPECT_THAT(warnings,
                    ElementsAre(HasSubstr("without validation data: dti (1 scan), noddi (1 scan)"),
                                HasSubstr("'d_fmri_data.nii' is 'a_fmri_data.nii'")));
    }
}

}  // namespace
}  // namespace msunet::prepare
