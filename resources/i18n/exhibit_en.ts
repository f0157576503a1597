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
        <source>about %1 call(s)</source>
        <translation>
            <numerusform>about %1 call</numerusform>
            <numerusform>about %1 calls</numerusform>
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
    <name>exhibit::ui::RecordWindow</name>
    <message numerus="yes">
        <source>%n job(s) of this window still run.</source>
        <translation>
            <numerusform>%n job of this window still runs.</numerusform>
            <numerusform>%n jobs of this window still run.</numerusform>
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
</context>
</TS>
