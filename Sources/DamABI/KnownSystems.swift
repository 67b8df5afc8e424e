// KnownSystems.swift - the systems that this library is made of: the one place that names them all.

package import DamCore
internal import FotoWare
internal import FotoWeb
internal import PhotoShelter

package let knownSystems = Systems([PhotoShelter.self, FotoWeb.self, FotoWare.self])
