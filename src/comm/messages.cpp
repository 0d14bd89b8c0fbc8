// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "comm/handle.hpp"
#include "msunet/comm/communicator.hpp"

namespace msunet::comm {
namespace {

Message received(MPI_Message handle, const MPI_Status& status) {
    int count = 0;
    check(MPI_Get_count(&status, MPI_BYTE, &count), "MPI_Get_count");
    Message message{status.MPI_SOURCE, status.MPI_TAG,
                    std::string(static_cast<std::size_t>(count), '\0')};
    check(MPI_Mrecv(message.payload.data(), count, MPI_BYTE, &handle, MPI_STATUS_IGNORE),
          "MPI_Mrecv");
    return message;
}

}  // namespace

void Communicator::send(int destination, int tag, std::string_view payload) const {
    if (is_without_mpi()) {
        handle_->mailbox.push_back({0, tag, std::string(payload)});
        return;
    }
    check(MPI_Send(payload.data(), int_count(payload.size()), MPI_BYTE, destination, tag,
                   handle_->comm),
          "MPI_Send");
}

std::optional<Message> Communicator::try_receive(std::optional<int> source,
                                                 std::optional<int> tag) const {
    if (is_without_mpi()) {
        auto& mailbox = handle_->mailbox;
        const auto found =
            std::find_if(mailbox.begin(), mailbox.end(), [&](const Message& message) {
                return source.value_or(0) == 0 && tag.value_or(message.tag) == message.tag;
            });
        if (found == mailbox.end()) {
            return std::nullopt;
        }
        Message message = std::move(*found);
        mailbox.erase(found);
        return message;
    }
    int arrived = 0;
    MPI_Message handle = MPI_MESSAGE_NULL;
    MPI_Status status;
    check(MPI_Improbe(source.value_or(MPI_ANY_SOURCE), tag.value_or(MPI_ANY_TAG), handle_->comm,
                      &arrived, &handle, &status),
          "MPI_Improbe");
    if (arrived == 0) {
        return std::nullopt;
    }
    return received(handle, status);
}

}  // namespace msunet::comm
