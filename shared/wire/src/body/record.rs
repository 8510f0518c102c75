//! One definition of a record yields its struct, its MessagePack writer, and its serde reader and
//! writer. Unknown fields are kept in `extra` and written back.

use rmpv::Value;
use serde::Serialize;

use crate::limits::NESTING_MAX;
use crate::mp::{MpError, Writer};

/// Fields that this version does not know, in the order in which they came.
pub type Extra = Vec<(String, Value)>;

/// A value that can stand in a record.
pub(crate) trait Field {
    /// Whether the field is left out of the map.
    fn is_absent(&self) -> bool {
        false
    }
    fn write(&self, writer: &mut Writer) -> Result<(), MpError>;
}

impl<T: Field> Field for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
    fn write(&self, writer: &mut Writer) -> Result<(), MpError> {
        match self {
            Some(value) => value.write(writer),
            None => {
                writer.nil();
                Ok(())
            }
        }
    }
}

impl<T: Field> Field for Vec<T> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
    fn write(&self, writer: &mut Writer) -> Result<(), MpError> {
        writer.array(self.len());
        self.iter().try_for_each(|value| value.write(writer))
    }
}

macro_rules! scalar {
    ($($type:ty: |$writer:ident, $value:ident| $write:expr;)*) => {
        $(impl Field for $type {
            fn write(&self, $writer: &mut Writer) -> Result<(), MpError> {
                let $value = self;
                $write;
                Ok(())
            }
        })*
    };
}

scalar! {
    bool: |writer, value| writer.bool(*value);
    u32: |writer, value| writer.uint(u64::from(*value));
    u64: |writer, value| writer.uint(*value);
    i32: |writer, value| writer.int(i64::from(*value));
    i64: |writer, value| writer.int(*value);
    f32: |writer, value| writer.f32(*value);
    f64: |writer, value| writer.f64(*value);
    String: |writer, value| writer.str(value);
}

/// Fields of a record as a MessagePack map: first the known ones that are present, then the others.
pub(crate) fn write_map(
    fields: &[(&str, &dyn Field)],
    extra: &Extra,
    writer: &mut Writer,
) -> Result<(), MpError> {
    let present = fields.iter().filter(|(_, field)| !field.is_absent());
    writer.map(present.clone().count() + extra.len());
    for (name, field) in present {
        writer.str(name);
        field.write(writer)?;
    }
    for (name, value) in extra {
        writer.str(name);
        writer.value(value, NESTING_MAX)?;
    }
    Ok(())
}

/// Lets a generic serializer see a value only where it is present.
pub(crate) fn serialize_present<M: serde::ser::SerializeMap>(
    map: &mut M,
    name: &'static str,
    field: &(impl Field + Serialize),
) -> Result<(), M::Error> {
    if field.is_absent() {
        Ok(())
    } else {
        map.serialize_entry(name, field)
    }
}

/// Defines a record. Every field's type is a [`Field`] with a default that stands for "absent";
/// nil and a missing key both give the default.
macro_rules! record {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident {
            $($(#[$field_meta:meta])* $field:ident $(as $key:literal)?: $type:ty,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq)]
        $vis struct $name {
            $($(#[$field_meta])* $vis $field: $type,)*
            /// Fields that this version does not know.
            $vis extra: $crate::body::Extra,
        }

        impl $crate::body::Field for $name {
            fn write(&self, writer: &mut $crate::mp::Writer) -> Result<(), $crate::mp::MpError> {
                let fields: &[(&str, &dyn $crate::body::Field)] =
                    &[$(($crate::body::key!($field $($key)?), &self.$field),)*];
                $crate::body::write_map(fields, &self.extra, writer)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
                use $crate::body::{Field, serialize_present};
                let absent = [$(self.$field.is_absent(),)*];
                let present = absent.iter().filter(|absent| !**absent).count();
                let mut map = serializer.serialize_map(Some(present + self.extra.len()))?;
                $(serialize_present(&mut map, $crate::body::key!($field $($key)?), &self.$field)?;)*
                for (name, value) in &self.extra {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;

                impl<'de> serde::de::Visitor<'de> for Visitor {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("a map of named fields")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(
                        self,
                        mut map: A,
                    ) -> Result<$name, A::Error> {
                        let mut record = $name::default();
                        while let Some(key) = map.next_key::<String>()? {
                            $(if key == $crate::body::key!($field $($key)?) {
                                let value: Option<$type> = map.next_value().map_err(|error| {
                                    serde::de::Error::custom(format_args!("{key}: {error}"))
                                })?;
                                record.$field = value.unwrap_or_default();
                                continue;
                            })*
                            let value = map.next_value()?;
                            record.extra.push((key, value));
                        }
                        Ok(record)
                    }
                }

                deserializer.deserialize_map(Visitor)
            }
        }
    };
}

/// A field's key: its name, unless another is given (for names that Rust reserves).
macro_rules! key {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $key:literal) => {
        $key
    };
}

pub(crate) use {key, record};
