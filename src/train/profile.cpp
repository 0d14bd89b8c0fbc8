// SPDX-License-Identifier: Apache-2.0
#include "msunet/train/profile.hpp"

#include <ATen/record_function.h>

#include "msunet/core/time.hpp"

namespace msunet::train {
namespace {

/// Record functions carry no state of their own: this thread's clock.
thread_local SectionClock* thread_clock = nullptr;

std::unique_ptr<at::ObserverContext> entered(const at::RecordFunction& function) {
    thread_clock->enter(section_of_mark(function.name()), core::steady_seconds());
    return nullptr;
}

void left(const at::RecordFunction& /*function*/, at::ObserverContext* /*context*/) {
    thread_clock->leave(core::steady_seconds());
}

}  // namespace

class StepProfile::Listener {
public:
    Listener() {
        thread_clock = &clock;
        handle_ = at::addThreadLocalCallback(
            at::RecordFunctionCallback(entered, left)
                .scopes({at::RecordScope::FUNCTION, at::RecordScope::USER_SCOPE}));
    }
    ~Listener() {
        at::removeCallback(handle_);
        thread_clock = nullptr;
    }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    SectionClock clock;

private:
    at::CallbackHandle handle_ = at::INVALID_CALLBACK_HANDLE;
};

StepProfile::StepProfile() : listener_(std::make_unique<Listener>()) {}
StepProfile::~StepProfile() = default;

const SectionSeconds& StepProfile::seconds() const { return listener_->clock.seconds(); }

}  // namespace msunet::train
