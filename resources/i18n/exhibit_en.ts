<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<!-- SPDX-License-Identifier: Apache-2.0 -->
<!-- English plurals: every text of tr() that is chosen by a number. -->
<TS version="2.1" language="en">
<context>
    <name>exhibit::ui::ResultsPane</name>
    <message numerus="yes">
        <source>%1 incident(s)</source>
        <translation>
            <numerusform>%1 incident</numerusform>
            <numerusform>%1 incidents</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>exhibit::ui::QueryBuilder</name>
    <message numerus="yes">
        <source>%1 incident(s)</source>
        <translation>
            <numerusform>%1 incident</numerusform>
            <numerusform>%1 incidents</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>exhibit::ui::HistogramWidget</name>
    <message numerus="yes">
        <source>Chosen: %1, %2 incident(s)</source>
        <translation>
            <numerusform>Chosen: %1, %2 incident</numerusform>
            <numerusform>Chosen: %1, %2 incidents</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, %2 incident(s), bar %3 of %4</source>
        <translation>
            <numerusform>%1, %2 incident, bar %3 of %4</numerusform>
            <numerusform>%1, %2 incidents, bar %3 of %4</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>exhibit::ui::QueryBar</name>
    <message numerus="yes">
        <source>%1 incident(s)</source>
        <translation>
            <numerusform>%1 incident</numerusform>
            <numerusform>%1 incidents</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %2 incident(s)</source>
        <translation>
            <numerusform>%1 of %2 incident</numerusform>
            <numerusform>%1 of %2 incidents</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>exhibit::ui::CallsPane</name>
    <message numerus="yes">
        <source>%1 call(s)</source>
        <translation>
            <numerusform>%1 call</numerusform>
            <numerusform>%1 calls</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %2 call(s)</source>
        <translation>
            <numerusform>%1 of %2 call</numerusform>
            <numerusform>%1 of %2 calls</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 call(s) as of %2, not current</source>
        <translation>
            <numerusform>%1 call as of %2, not current</numerusform>
            <numerusform>%1 calls as of %2, not current</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>exhibit::ui::ResultsModel</name>
    <message numerus="yes">
        <source>Group %1, %2 incident(s), open</source>
        <translation>
            <numerusform>Group %1, %2 incident, open</numerusform>
            <numerusform>Group %1, %2 incidents, open</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Group %1, %2 incident(s), closed</source>
        <translation>
            <numerusform>Group %1, %2 incident, closed</numerusform>
            <numerusform>Group %1, %2 incidents, closed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>exhibit::ui::FacetsPane</name>
    <message numerus="yes">
        <source>%1, %2 match(es)</source>
        <translation>
            <numerusform>%1, %2 match</numerusform>
            <numerusform>%1, %2 matches</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, about %2 match(es)</source>
        <translation>
            <numerusform>%1, about %2 match</numerusform>
            <numerusform>%1, about %2 matches</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>exhibit::ui::CertificatePage</name>
    <message numerus="yes">
        <source>%n file(s) were not opened: 100 at once.</source>
        <translation>
            <numerusform>%n file was not opened: 100 at once.</numerusform>
            <numerusform>%n files were not opened: 100 at once.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) and more were not opened: 100 at once.</source>
        <translation>
            <numerusform>%n file and more were not opened: 100 at once.</numerusform>
            <numerusform>%n files and more were not opened: 100 at once.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>exhibit::ui::CertificateView</name>
    <message numerus="yes">
        <source>%n file(s) of an export.</source>
        <translation>
            <numerusform>%n file of an export.</numerusform>
            <numerusform>%n files of an export.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>exhibit::ui::CloseQuestion</name>
    <message numerus="yes">
        <source>%n job(s) still run.</source>
        <translation>
            <numerusform>%n job still runs.</numerusform>
            <numerusform>%n jobs still run.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>exhibit::ui::JobBar</name>
    <message numerus="yes">
        <source>%n job(s) failed.</source>
        <translation>
            <numerusform>%n job failed.</numerusform>
            <numerusform>%n jobs failed.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>exhibit::console::Console</name>
    <message numerus="yes">
        <source>%n record(s) in windows</source>
        <translation>
            <numerusform>%n record in a window of its own</numerusform>
            <numerusform>%n records in windows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n window(s)</source>
        <translation>
            <numerusform>%n window</numerusform>
            <numerusform>%n windows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unsaved note(s) kept: select the incident and add a note to go on</source>
        <translation>
            <numerusform>%n unsaved note was kept: select the incident and add a note to go on</numerusform>
            <numerusform>%n unsaved notes were kept: select the incident and add a note to go on</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CallText</name>
    <message numerus="yes">
        <source>POST %1, %2 bytes as the client sent them</source>
        <translation>
            <numerusform>POST %1, %2 byte as the client sent it</numerusform>
            <numerusform>POST %1, %2 bytes as the client sent them</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 bytes as they went to the provider</source>
        <translation>
            <numerusform>%1 byte as it went to the provider</numerusform>
            <numerusform>%1 bytes as they went to the provider</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Released, %1 bytes</source>
        <translation>
            <numerusform>Released, %1 byte</numerusform>
            <numerusform>Released, %1 bytes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Withheld, never released, %1 bytes</source>
        <translation>
            <numerusform>Withheld, never released, %1 byte</numerusform>
            <numerusform>Withheld, never released, %1 bytes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>exhibit::ui::AnswerBox</name>
    <message numerus="yes">
        <source>Withheld, never released, %1 bytes</source>
        <translation>
            <numerusform>Withheld, never released, %1 byte</numerusform>
            <numerusform>Withheld, never released, %1 bytes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Released: %1 bytes of the stream</source>
        <translation>
            <numerusform>Released: %1 byte of the stream</numerusform>
            <numerusform>Released: %1 bytes of the stream</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Released at most, after a crash: %1 bytes of the stream</source>
        <translation>
            <numerusform>Released at most, after a crash: %1 byte of the stream</numerusform>
            <numerusform>Released at most, after a crash: %1 bytes of the stream</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>exhibit::ui::JsonPage</name>
    <message numerus="yes">
        <source>%1 bytes. Press Enter to load them.</source>
        <translation>
            <numerusform>%1 byte. Press Enter to load it.</numerusform>
            <numerusform>%1 bytes. Press Enter to load them.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>exhibit::ui::RecordPane</name>
    <message numerus="yes">
        <source>Answer, %1 bytes of text</source>
        <translation>
            <numerusform>Answer, %1 byte of text</numerusform>
            <numerusform>Answer, %1 bytes of text</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 events, %2 B on the wire</source>
        <translation>
            <numerusform>%1 event, %2 B on the wire</numerusform>
            <numerusform>%1 events, %2 B on the wire</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>exhibit::ui::ProofView</name>
    <message numerus="yes">
        <source>Root of the checkpoint, %1 entries: the same</source>
        <translation>
            <numerusform>Root of the checkpoint, %1 entry: the same</numerusform>
            <numerusform>Root of the checkpoint, %1 entries: the same</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Root of the checkpoint, %1 entries: not the same</source>
        <translation>
            <numerusform>Root of the checkpoint, %1 entry: not the same</numerusform>
            <numerusform>Root of the checkpoint, %1 entries: not the same</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>exhibit::ui::HexView</name>
    <message numerus="yes">
        <source>%n bytes</source>
        <translation>
            <numerusform>%n byte</numerusform>
            <numerusform>%n bytes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message numerus="yes">
        <source>first byte %1, then %2 tokens, cost %3</source>
        <translation>
            <numerusform>first byte %1, then %2 token, cost %3</numerusform>
            <numerusform>first byte %1, then %2 tokens, cost %3</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1%2 bytes released, then %3 withheld</source>
        <translation>
            <numerusform>%1%2 byte released, then %3 withheld</numerusform>
            <numerusform>%1%2 bytes released, then %3 withheld</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1%2 bytes released</source>
        <translation>
            <numerusform>%1%2 byte released</numerusform>
            <numerusform>%1%2 bytes released</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Events</name>
    <message numerus="yes">
        <source>%1 tokens, cost %2</source>
        <translation>
            <numerusform>%1 token, cost %2</numerusform>
            <numerusform>%1 tokens, cost %2</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source> At most %1 bytes were released: the gateway crashed meanwhile.</source>
        <translation>
            <numerusform> At most %1 byte was released: the gateway crashed meanwhile.</numerusform>
            <numerusform> At most %1 bytes were released: the gateway crashed meanwhile.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source> The answer was released whole, %1 bytes.</source>
        <translation>
            <numerusform> The answer was released whole, %1 byte.</numerusform>
            <numerusform> The answer was released whole, %1 bytes.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source> %1 bytes were released.</source>
        <translation>
            <numerusform> %1 byte was released.</numerusform>
            <numerusform> %1 bytes were released.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source> %1 were withheld.</source>
        <translation>
            <numerusform> %1 was withheld.</numerusform>
            <numerusform> %1 were withheld.</numerusform>
        </translation>
    </message>
</context>
</TS>
