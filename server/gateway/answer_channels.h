// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/answer_parts.h"
#include "server/gateway/answer_piece.h"
#include "server/gateway/json_end.h"
#include "server/gateway/kept_text.h"
#include "server/gateway/text_seam.h"
#include "server/prevention/call_guard.h"
#include "server/spool/call_record.h"

#include <deque>
#include <map>
#include <unordered_map>

namespace exhibit::gateway {

/// The texts of one answer: fed to the guard as they come, and asked what may go out. Tool calls
/// are held until their arguments close, or their choice ends, and they were judged, as text and as
/// the strings they decode to. Nothing is held when no output policy applies.
class AnswerChannels {
public:
    /// `guard` outlives this.
    explicit AnswerChannels(prevention::CallGuard& guard);

    /// The text's string goes to its channel. After a stop it is only counted. One that repeats
    /// what the channel has is the same piece again; what it does not repeat is judged by itself.
    [[nodiscard]] AnswerPiece feed(const JsonWalk& walk, const AnswerText& text);
    /// The next decoded bytes of a text that is not repeated, until the pace is over: the piece
    /// ends where they were judged to, one byte on at least.
    [[nodiscard]] AnswerPiece feedSome(const AnswerText& text,
                                       std::string_view bytes,
                                       scan::Pace& pace);
    /// The half of a character that the text's channel ends with, which the caller puts before what
    /// it feeds next, with the other half when that follows; 0: none.
    [[nodiscard]] std::uint16_t takeHalf(const AnswerText& text, bool otherFollows);
    /// The piece ended with that half: it does not go out before the other one was judged.
    void leaveHalf(const AnswerPiece& piece);
    /// Judges at once what stands beside the answer's texts, e.g. a comment of its stream, as a
    /// text of its own. True when it may go out as it is.
    [[nodiscard]] bool mayPassAside(const std::string& name, std::string_view text);
    /// The same for what the answer has beside its texts and for parts that readers join. Pieces
    /// are what must be changed or held; `place` is what their channels begin with.
    [[nodiscard]] std::vector<AnswerPiece> judgeAsides(const JsonWalk& walk,
                                                       const AnswerParts& answer,
                                                       const std::string& place);
    /// The tool call that the piece belongs to has closed arguments and was judged.
    [[nodiscard]] bool isClosedCall(const AnswerPiece& piece) const
    {
        return m_channels[piece.channel].closed;
    }
    /// How many tool calls have closed before their choice's end.
    [[nodiscard]] std::size_t closedCalls() const { return m_closedCalls; }
    /// The choice's texts have ended, unless more of them comes. False when that stopped the run.
    bool finishChoice(std::int64_t choice);
    bool finishAll();
    /// No part follows. False when what stands across parts stopped the run.
    bool finishSeams();
    [[nodiscard]] bool isFinished(std::int64_t choice) const;

    /// True when every byte of the piece may go out as it is.
    [[nodiscard]] bool mayPass(const AnswerPiece& piece) const
    {
        return piece.end <= allowed(piece.channel)
            && (piece.tailHigh == 0 || mayPassHalf(piece.channel, piece.end));
    }
    /// True when the character whose first half stands before `at` may go out.
    [[nodiscard]] bool mayPassHalf(std::size_t channel, std::size_t at) const;
    /// As isLeft() of that character.
    [[nodiscard]] bool isHalfLeft(std::size_t channel, std::size_t at) const;
    /// True when the bytes go out as they came: they may, and no placeholder stands for them.
    [[nodiscard]] bool isLeft(std::size_t channel, std::size_t begin, std::size_t end) const;
    /// Bytes of the channel that may go out; after a stop, all that ever will.
    [[nodiscard]] std::size_t allowed(std::size_t channel) const;
    /// What goes out instead of the piece: cut where the channel ends and with placeholders.
    /// `text` is the piece's whole decoded text.
    [[nodiscard]] std::string changed(const AnswerPiece& piece, std::string_view text) const;
    /// True when a placeholder stands for bytes of the piece; known once it may pass.
    [[nodiscard]] bool isRedacted(const AnswerPiece& piece) const;
    void noteReleased(const AnswerPiece& piece);
    /// The guard was told that it cannot vouch for the rest: without a stop everything passes.
    void giveUp();

    /// What keeps its order: pieces of one lane go out in the order they came.
    [[nodiscard]] std::size_t lane(std::size_t channel) const { return m_channels[channel].lane; }
    [[nodiscard]] bool isToolCall(std::size_t channel) const
    {
        return m_channels[channel].toolCall;
    }
    [[nodiscard]] bool isGuarded() const { return m_guarded; }
    /// The kept text of a channel, for excerpts; nullptr when there is none of that name.
    [[nodiscard]] const KeptText* textOf(std::string_view channel) const;

    /// For the record, once the answer has ended.
    [[nodiscard]] std::vector<spool::ChannelText> channelTexts() const;
    [[nodiscard]] std::vector<spool::ToolCallText> toolCalls() const;

private:
    struct Channel {
        std::size_t number = 0; ///< Of m_channels.
        std::string name;
        std::int64_t choice = 0;
        bool toolCall = false;
        bool toolName = false; ///< Of a tool call.
        bool arguments = false; ///< Judged once more as JSON.
        bool finished = false;
        bool closed = false; ///< Of a tool call whose arguments have closed.
        std::int64_t callIndex = 0; ///< Of a tool call.
        JsonEnd end; ///< Of arguments.
        std::size_t lane = 0;
        prevention::TextRole role = prevention::TextRole::Other;
        std::size_t guard = 0; ///< The guard's number for it,
        std::string guardName; ///< its name there,
        std::size_t guardBegin = 0; ///< and where what it reads begins in the text.
        std::size_t resumed = 0; ///< How often it went on behind its end,
        std::size_t resumedAt = 0; ///< and where it did so last.
        std::size_t fed = 0;
        std::size_t released = 0;
        std::uint16_t half = 0; ///< Of a character, which the text ends with so far.
        /// Of characters whose first half has not gone out: where they begin and end; no end: 0.
        std::map<std::size_t, std::size_t> split;
        std::string_view joins; ///< As in AnswerText.
        std::vector<std::size_t> seams; ///< Of m_seams: before it and behind it.
        KeptText text;
        /// In order: of the settled bytes, those that count for the record or are still held.
        std::vector<prevention::Replacement> replacements;
        std::optional<prevention::Replacement> open; ///< Behind them; it may still grow.
    };

    /// Parts whose texts clients put together, in the order of their numbers.
    struct Joint {
        std::optional<std::size_t> last; ///< The channel that goes on.
        bool several = false;
        bool differs = false; ///< A part was repeated in other words.
    };

    /// The channels of one tool call, as far as there are any.
    struct ToolCallParts {
        const Channel* name = nullptr;
        const Channel* arguments = nullptr;
        bool released = true;
    };

    [[nodiscard]] std::size_t find(const AnswerText& text);
    [[nodiscard]] std::size_t addChannel(const AnswerText& text);
    [[nodiscard]] bool hasTwin(const Channel& channel) const;
    [[nodiscard]] AnswerPiece feedText(const AnswerText& text, std::string_view bytes);
    [[nodiscard]] AnswerPiece feedRepeated(const AnswerText& text, std::string_view bytes);
    [[nodiscard]] std::vector<prevention::Replacement> judgeWhole(const std::string& name,
                                                                  std::string_view text);
    void judgeJoined(const JsonWalk& walk, const JoinedParts& parts, const std::string& place);
    void resume(Channel& channel);
    void join(Channel& channel);
    void joinRepeated(const Channel& channel);
    [[nodiscard]] std::size_t feedSeam(const Channel& channel, std::string_view bytes);
    void beginSeam(Channel& ended, std::size_t live);
    [[nodiscard]] TextSeam* openSeam(const Channel& channel);
    [[nodiscard]] static bool comesBefore(const Channel& a, const Channel& b);
    [[nodiscard]] std::size_t feedGuard(std::size_t guardChannel,
                                        std::string_view text,
                                        scan::Pace& pace);
    bool finishChannel(Channel& channel);
    void endHalf(Channel& channel);
    void releaseHalf(Channel& channel, std::size_t at) const;
    void judgeArguments(Channel& channel);
    bool judgeToolCalls(std::int64_t choice);
    void judgeToolCall(const ToolCallParts& parts);
    void followArguments(Channel& channel, std::string_view bytes);
    void closeCall(const Channel& arguments);
    void reopenCall(const Channel& part);
    /// By choice and index.
    [[nodiscard]] std::map<std::pair<std::int64_t, std::int64_t>, ToolCallParts> toolCallParts()
        const;
    void takeReplacements(Channel& channel);
    [[nodiscard]] std::vector<prevention::Replacement> replacementsWithin(const Channel& channel,
                                                                          std::size_t begin,
                                                                          std::size_t end) const;
    [[nodiscard]] spool::ChannelText recordOf(const Channel& channel) const;

    prevention::CallGuard& m_guard;
    bool m_guarded;
    bool m_redacts;
    std::deque<Channel> m_channels;
    std::unordered_map<std::string, std::size_t> m_numbers;
    std::map<std::pair<std::int64_t, std::string>, std::size_t> m_lanes;
    std::vector<std::int64_t> m_finished; ///< Choices.
    std::map<std::string_view, Joint> m_joints;
    std::deque<TextSeam> m_seams;
    std::size_t m_halves = 0; ///< Channels that end with one so far.
    std::size_t m_keptBytes = 0;
    std::size_t m_closedCalls = 0;
};

} // namespace exhibit::gateway
