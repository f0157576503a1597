// SPDX-License-Identifier: Apache-2.0
#include "ui/setting_key.h"

namespace exhibit::ui {

using namespace Qt::StringLiterals;

QString settingKeyOf(const QString& name)
{
    return QString(name).replace(u'%', u"%25"_s).replace(u'/', u"%2F"_s).replace(u'\\', u"%5C"_s);
}

QString nameOfSettingKey(const QString& key)
{
    return QString(key)
        .replace(u"%5C"_s, u"\\"_s)
        .replace(u"%2F"_s, u"/"_s)
        .replace(u"%25"_s, u"%"_s);
}

} // namespace exhibit::ui
